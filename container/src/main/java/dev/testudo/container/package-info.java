/// The entry points of containers and of virtual machines: an agent, and nothing else. Images
/// contain no more of Testudo.
package dev.testudo.container;
