/** The role that owns and migrates every test database: CREATEROLE, not superuser (S17). */
export const OWNER = 'orchestrator_test';
export const OWNER_PASSWORD = 'orchestrator-test-password';
/** Migrated once, cloned by every test file. */
export const TEMPLATE = 'orchestrator_template';
/** Each a member of one role; the worker is what stores and nodes run as. The stranger is a member of none. */
export const LOGINS = {
	worker: 'orchestrator_test_worker',
	reader: 'orchestrator_test_reader',
	admin: 'orchestrator_test_admin',
	stranger: 'orchestrator_test_stranger',
} as const;
export const LOGIN_PASSWORD = 'orchestrator-login-password';
