/// Unix sockets in the file system as the program sees it.
package dev.testudo.shield.supervisor.path;
