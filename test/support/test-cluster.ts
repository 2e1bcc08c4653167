/** The role that owns and migrates every test database: CREATEROLE, not superuser (S17). */
export const OWNER = 'orchestrator_test';
export const OWNER_PASSWORD = 'orchestrator-test-password';
/** Migrated once, cloned by every test file. */
export const TEMPLATE = 'orchestrator_template';
