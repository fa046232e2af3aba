/// The seccomp filter: what the kernel decides about the program's system calls by itself, and
/// which calls it passes to the supervisor.
package dev.testudo.shield.filter;
