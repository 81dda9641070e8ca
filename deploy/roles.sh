#!/bin/sh
# Runs once, when the database is made: the owner of the tables, and what the server logs in as.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner_password="$(cat /run/secrets/kontor.db.owner-password)" \
    --set password="$(cat /run/secrets/kontor.db.password)" <<'SQL'
CREATE ROLE kontor_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE kontor_server LOGIN PASSWORD :'password';
CREATE DATABASE kontor OWNER kontor_owner;
SQL
