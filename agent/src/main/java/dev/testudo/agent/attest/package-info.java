/// Fetches a service's configuration: the evidence that the agent shows, the join token, and
/// repeated attempts.
package dev.testudo.agent.attest;
