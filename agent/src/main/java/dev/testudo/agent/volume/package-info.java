/// The volumes of a service: claims them from CAS, opens them, and serves them to the program.
package dev.testudo.agent.volume;
