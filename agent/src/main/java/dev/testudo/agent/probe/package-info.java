/// Answers an orchestrator that asks whether a service can take connections.
package dev.testudo.agent.probe;
