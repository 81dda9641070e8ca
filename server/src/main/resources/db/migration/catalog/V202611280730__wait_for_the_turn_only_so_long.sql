-- An edit that waits for its turn keeps a connection. While a long import has the turn, a few of them would keep them all
-- and nobody could order: after three seconds an edit gives up, and says so.
CREATE OR REPLACE FUNCTION catalog.take_turn() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '3s' AS
$$
BEGIN
    PERFORM 1 FROM catalog.revision FOR UPDATE;
END
$$;

-- The same for an import, of which each server has one at a time: it waits for as long as it takes.
CREATE FUNCTION catalog.take_turn_for_import() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS
$$
BEGIN
    PERFORM 1 FROM catalog.revision FOR UPDATE;
END
$$;
