/// What a running shield remembers of its work and shows to those who ask: refusals by kind,
/// listeners, ended connections; a Unix socket that answers with all of it.
package dev.testudo.agent.status;
