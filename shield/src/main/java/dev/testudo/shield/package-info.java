/// The network shield of one program. [dev.testudo.shield.Shield] is the entry point.
package dev.testudo.shield;
