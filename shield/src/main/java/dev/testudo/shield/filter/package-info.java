/// What the kernel decides by itself about the program's system calls, and what it asks about.
package dev.testudo.shield.filter;
