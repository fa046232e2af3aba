/// Mount namespaces and what is mounted in them.
package dev.testudo.linux.mount;
