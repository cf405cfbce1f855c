"""Builds a ledger as schema version 1 did, in its own words. Never to be changed: such ledgers are out there."""

from __future__ import annotations

import sqlalchemy as sa

TABLES = """
CREATE TABLE destinations (id {serial}, host VARCHAR NOT NULL, account VARCHAR NOT NULL, UNIQUE (host, account));
CREATE TABLE meta ("key" VARCHAR NOT NULL, value VARCHAR NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE runs (id VARCHAR NOT NULL, kind VARCHAR NOT NULL, host VARCHAR NOT NULL, pid INTEGER NOT NULL,
  started_at FLOAT NOT NULL, ended_at FLOAT, PRIMARY KEY (id));
CREATE TABLE sources (name VARCHAR NOT NULL, rows INTEGER NOT NULL, seen_at FLOAT NOT NULL, PRIMARY KEY (name));
CREATE TABLE suppressions (id {serial}, phone VARCHAR NOT NULL, customer_key VARCHAR NOT NULL,
  reason VARCHAR NOT NULL, created_at FLOAT NOT NULL, UNIQUE (phone, customer_key));
CREATE TABLE audiences (destination INTEGER NOT NULL, digest VARCHAR NOT NULL, campaign VARCHAR NOT NULL,
  edition VARCHAR NOT NULL, created_at FLOAT NOT NULL, UNIQUE (destination, digest),
  FOREIGN KEY(destination) REFERENCES destinations (id));
CREATE TABLE changes (id {serial}, destination INTEGER NOT NULL, "plan" VARCHAR NOT NULL, position INTEGER NOT NULL,
  group_uid VARCHAR NOT NULL, change VARCHAR NOT NULL, uid VARCHAR, customer_key VARCHAR NOT NULL,
  phone VARCHAR NOT NULL, first_name VARCHAR NOT NULL, last_name VARCHAR NOT NULL, owned BOOLEAN NOT NULL,
  state VARCHAR NOT NULL, run VARCHAR NOT NULL, attempts INTEGER NOT NULL, send_before FLOAT NOT NULL,
  claimed_at FLOAT NOT NULL, finished_at FLOAT, code VARCHAR, UNIQUE (destination, "plan", position),
  FOREIGN KEY(destination) REFERENCES destinations (id), FOREIGN KEY(run) REFERENCES runs (id));
CREATE UNIQUE INDEX one_open_claim_for_a_contact ON changes (destination, group_uid, uid)
  WHERE state IN ('claimed', 'in_doubt') AND uid IS NOT NULL;
CREATE UNIQUE INDEX one_open_claim_for_a_phone ON changes (destination, group_uid, phone)
  WHERE state IN ('claimed', 'in_doubt');
CREATE TABLE contacts (id {serial}, destination INTEGER NOT NULL, group_uid VARCHAR NOT NULL, uid VARCHAR NOT NULL,
  customer_key VARCHAR NOT NULL, phone VARCHAR NOT NULL, first_name VARCHAR NOT NULL, last_name VARCHAR NOT NULL,
  owned BOOLEAN NOT NULL, state VARCHAR NOT NULL, written_at FLOAT NOT NULL, UNIQUE (destination, group_uid, uid),
  FOREIGN KEY(destination) REFERENCES destinations (id));
CREATE INDEX contacts_by_key ON contacts (destination, group_uid, customer_key);
CREATE TABLE editions (destination INTEGER NOT NULL, campaign VARCHAR NOT NULL, edition VARCHAR NOT NULL,
  audience VARCHAR NOT NULL, baseline_uid VARCHAR NOT NULL, started_at FLOAT NOT NULL,
  UNIQUE (destination, campaign, edition), FOREIGN KEY(destination) REFERENCES destinations (id));
CREATE TABLE groups (destination INTEGER NOT NULL, segment VARCHAR NOT NULL, uid VARCHAR NOT NULL,
  name VARCHAR NOT NULL, UNIQUE (destination, segment), UNIQUE (destination, uid),
  FOREIGN KEY(destination) REFERENCES destinations (id));
CREATE TABLE leases (name VARCHAR NOT NULL, run VARCHAR NOT NULL, since FLOAT NOT NULL, until FLOAT NOT NULL,
  PRIMARY KEY (name), FOREIGN KEY(run) REFERENCES runs (id));
CREATE TABLE messages (id {serial}, destination INTEGER NOT NULL, campaign VARCHAR NOT NULL, edition VARCHAR NOT NULL,
  phone VARCHAR NOT NULL, customer_key VARCHAR NOT NULL, audience VARCHAR NOT NULL, text VARCHAR NOT NULL,
  parts INTEGER NOT NULL, state VARCHAR NOT NULL, run VARCHAR NOT NULL, send_before FLOAT NOT NULL,
  claimed_at FLOAT NOT NULL, finished_at FLOAT, uid VARCHAR, code VARCHAR,
  UNIQUE (destination, campaign, edition, phone), FOREIGN KEY(destination) REFERENCES destinations (id),
  FOREIGN KEY(run) REFERENCES runs (id));
CREATE INDEX messages_by_uid ON messages (destination, uid);
CREATE TABLE plans (destination INTEGER NOT NULL, digest VARCHAR NOT NULL, segment VARCHAR NOT NULL,
  created_at FLOAT NOT NULL, started_at FLOAT, state VARCHAR NOT NULL, UNIQUE (destination, digest),
  FOREIGN KEY(destination) REFERENCES destinations (id));
INSERT INTO meta VALUES ('ledger_id', '0123456789abcdef'), ('schema_version', '1');
INSERT INTO destinations (host, account) VALUES ('sms.ampenet.com', '5f0c3a9b1d2e4');
INSERT INTO runs VALUES ('r1', 'sync', 'shop', 4711, 1795000000.0, NULL);
INSERT INTO contacts (destination, group_uid, uid, customer_key, phone, first_name, last_name, owned, state, written_at)
  VALUES (1, 'g1', 'u1', 'k1', '255712000001', 'Asha', 'Mollel', true, 'live', 1795000000.0);
INSERT INTO changes (destination, "plan", position, group_uid, change, uid, customer_key, phone, first_name, last_name,
  owned, state, run, attempts, send_before, claimed_at)
  VALUES (1, 'p1', 0, 'g1', 'create', NULL, 'k2', '255712000002', 'Juma', '', true, 'claimed', 'r1', 1, 5.0, 4.0);
INSERT INTO messages (destination, campaign, edition, phone, customer_key, audience, text, parts, state, run,
  send_before, claimed_at, uid)
  VALUES (1, 'hello', '1', '255712000001', 'k1', 'a1', 'Habari Asha', 1, 'sent', 'r1', 5.0, 4.0, 'm1');
INSERT INTO sources VALUES ('customers.csv', 312, 1795000000.0);
INSERT INTO suppressions (phone, customer_key, reason, created_at) VALUES ('255712000003', 'k3', 'asked', 4.0)
"""


def build(engine: sa.Engine) -> None:
    """The tables of version 1 and a row or two in those that must never be lost."""
    serial = "SERIAL PRIMARY KEY" if engine.dialect.name == "postgresql" else "INTEGER NOT NULL PRIMARY KEY"
    with engine.begin() as connection:
        for statement in TABLES.format(serial=serial).split(";\n"):
            connection.exec_driver_sql(statement)
