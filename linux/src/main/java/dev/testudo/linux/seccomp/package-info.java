/// seccomp filters and their notifications: seccomp(2), seccomp_unotify(2).
package dev.testudo.linux.seccomp;
