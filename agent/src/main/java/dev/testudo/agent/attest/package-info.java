/// How a service gets its configuration: the evidence that the agent shows, the join token, and how
/// often CAS is asked.
package dev.testudo.agent.attest;
