/// What all call handlers use: the policy's decisions, the relay, and the supervisor's loop
/// and tables.
package dev.testudo.shield.supervisor.context;
