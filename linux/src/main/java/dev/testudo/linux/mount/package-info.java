/// Mount namespaces and mounts.
package dev.testudo.linux.mount;
