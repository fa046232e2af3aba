/// The entry point of containers: an agent, and nothing else. Images contain no more of Testudo.
package dev.testudo.container;
