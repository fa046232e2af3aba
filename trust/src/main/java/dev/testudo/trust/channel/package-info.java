/// Messages between agents, command line and CAS, and the clients that speak them.
package dev.testudo.trust.channel;
