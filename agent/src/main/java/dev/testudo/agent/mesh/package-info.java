/// `testudo agent run`: one service of a mesh, which gets everything from CAS.
package dev.testudo.agent.mesh;
