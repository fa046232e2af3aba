/// The event loop of the supervisor and of each thread of the relay: descriptors, timers, and
/// messages from other threads.
package dev.testudo.shield.loop;
