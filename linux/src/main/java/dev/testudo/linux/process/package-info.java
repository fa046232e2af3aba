/// Starting a program, waiting for it, signalling it, and what the calling process or thread tells
/// the kernel about itself.
package dev.testudo.linux.process;
