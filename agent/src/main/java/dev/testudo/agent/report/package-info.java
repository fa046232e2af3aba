/// The reports of the agent and its shield: events to the socket of the process that started the
/// agent, or lines for people. Reporting never waits for a reader.
package dev.testudo.agent.report;
