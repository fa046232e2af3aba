/// The network shield of one program: start it with [dev.testudo.shield.Shield].
package dev.testudo.shield;
