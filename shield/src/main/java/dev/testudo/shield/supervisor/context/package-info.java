/// What all handlers of calls work with: the decisions of the policy, the secure side, and the
/// supervisor's loop and tables.
package dev.testudo.shield.supervisor.context;
