/// System calls with plain arguments: descriptors, sockets, epoll, another process's memory.
package dev.testudo.linux.sys;
