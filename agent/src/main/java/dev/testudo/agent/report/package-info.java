/// What the agent and its shield tell: events to the socket of whoever started the agent, or lines
/// to a person. Nobody who tells something waits for a reader.
package dev.testudo.agent.report;
