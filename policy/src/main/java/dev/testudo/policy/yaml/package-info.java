/// YAML text as a tree whose every node knows where it was written. The YAML library stays in here.
package dev.testudo.policy.yaml;
