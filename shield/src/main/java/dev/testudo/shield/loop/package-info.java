/// An event loop: descriptors, timers, and messages from other threads. The supervisor has one, and
/// each thread of the relay.
package dev.testudo.shield.loop;
