/// Whether evidence satisfies what a session asks of a service, and why.
package dev.testudo.policy.decision;
