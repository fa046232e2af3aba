/// Measures images, and the agents that start their programs.
package dev.testudo.trust.measure;
