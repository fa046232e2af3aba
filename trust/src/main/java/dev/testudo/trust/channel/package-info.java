/// The messages between agents, the command line and CAS, and the clients that exchange them.
package dev.testudo.trust.channel;
