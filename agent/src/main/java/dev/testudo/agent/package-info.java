/// The agent, which runs in front of one program. It attests, fetches the program's configuration,
/// injects its files, shields it, starts it and watches it. The packages below do not know the two
/// commands that are composed of them: `mesh` and `single`.
package dev.testudo.agent;
