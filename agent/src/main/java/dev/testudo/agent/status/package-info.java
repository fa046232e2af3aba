/// The record of a running shield's work, and a Unix socket that publishes it: refusals by kind,
/// listeners, ended connections.
package dev.testudo.agent.status;
