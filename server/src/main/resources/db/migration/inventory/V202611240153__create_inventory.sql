CREATE SCHEMA inventory;
GRANT USAGE ON SCHEMA inventory TO kontor_app;

CREATE TABLE inventory.locations (
    id   int  PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9-]{1,40}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200)
);
-- Location 1 is the one that orders take their stock from.
INSERT INTO inventory.locations (id, code, name) VALUES (1, 'main', 'Main warehouse');
GRANT SELECT, INSERT ON inventory.locations TO kontor_app;

-- How much of a variant lies at a location, and how much of that is promised to orders.
CREATE TABLE inventory.levels (
    variant_id  bigint NOT NULL,
    location_id int    NOT NULL REFERENCES inventory.locations (id),
    on_hand     bigint NOT NULL CHECK (on_hand BETWEEN 0 AND 1000000000000),
    reserved    bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    PRIMARY KEY (variant_id, location_id),
    CHECK (reserved <= on_hand) -- never oversold, whatever the code above believes
) WITH (fillfactor = 50); -- room for updates in place: these are the busiest rows of the shop
GRANT SELECT, INSERT, UPDATE (on_hand, reserved) ON inventory.levels TO kontor_app;

-- Why on_hand is what it is: the sum of these. Append-only.
CREATE TABLE inventory.movements (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    variant_id  bigint      NOT NULL,
    location_id int         NOT NULL REFERENCES inventory.locations (id),
    delta       bigint      NOT NULL CHECK (delta <> 0),
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    order_id    bigint,
    actor       text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX movements_variant ON inventory.movements (variant_id, id);
GRANT SELECT, INSERT ON inventory.movements TO kontor_app;

-- Stock promised to an order: reserved is the sum of the held ones.
CREATE TABLE inventory.holds (
    order_id    bigint      NOT NULL,
    variant_id  bigint      NOT NULL,
    location_id int         NOT NULL,
    quantity    bigint      NOT NULL CHECK (quantity > 0),
    state       text        NOT NULL CHECK (state IN ('held', 'released', 'fulfilled')),
    -- When the promise ends if the order is not confirmed by then; NULL once it is.
    expires_at  timestamptz,
    PRIMARY KEY (order_id, variant_id, location_id)
);
CREATE INDEX holds_expiring ON inventory.holds (expires_at) WHERE state = 'held' AND expires_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (state, expires_at) ON inventory.holds TO kontor_app;
