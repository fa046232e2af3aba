/// `testudo shield run` and `testudo shield learn`: one program under the shield, without a mesh.
package dev.testudo.agent.single;
