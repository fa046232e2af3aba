package dev.testudo.agent.mesh;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.channel.Configuration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The arguments and the environment with which the host starts the agent. A program gets only
/// those for which its policy asks.
///
/// @param arguments what follows `--` on the agent's command line
record HostValues(List<String> arguments, Map<String, String> environment) {
  HostValues {
    arguments = List.copyOf(arguments);
  }

  /// Returns the configuration with the values that its policy takes from the host. A variable that
  /// the host does not have is empty.
  ///
  /// @throws AgentFailure if an argument is missing
  Configuration in(Configuration configuration) throws AgentFailure {
    var words = new ArrayList<>(configuration.arguments());
    for (var one : configuration.host().arguments().entrySet()) {
      int number = one.getValue();
      if (number > arguments.size()) {
        throw AgentFailure.usage(
            "the policy takes argument %d from the host (`@@%d`); %d given after `--`; %s"
                .formatted(number, number, arguments.size(), AgentOptions.USAGE));
      }
      words.set(one.getKey(), arguments.get(number - 1));
    }
    var variables = new LinkedHashMap<>(configuration.environment());
    for (var name : configuration.host().variables()) {
      variables.put(name, environment.getOrDefault(name, ""));
    }
    return configuration.filled(words, variables);
  }

  /// Returns the positions of the arguments for which the policy does not ask, from 1.
  List<Integer> unused(Configuration configuration) {
    var used = configuration.host().arguments().values();
    return IntStream.rangeClosed(1, arguments.size())
        .boxed()
        .filter(number -> !used.contains(number))
        .toList();
  }
}
