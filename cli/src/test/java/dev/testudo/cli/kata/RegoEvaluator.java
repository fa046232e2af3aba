package dev.testudo.cli.kata;

import dev.testudo.cli.kata.Rego.Literal;
import dev.testudo.cli.kata.Rego.Term;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonBoolean;
import dev.testudo.trust.json.JsonValue.JsonNull;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Evaluates a policy in the subset of Rego that we write. As in Open Policy Agent, what has no
/// value makes a line false, also an argument of the wrong type.
final class RegoEvaluator {
  private final Rego.Module module;
  private final JsonValue input;

  RegoEvaluator(Rego.Module module, JsonValue input) {
    this.module = module;
    this.input = input;
  }

  /// Returns whether a request is permitted, as Kata's agent asks.
  boolean permits(String request) {
    return rule(request, List.of()).equals(Optional.of(new JsonBoolean(true)));
  }

  private Optional<JsonValue> rule(String name, List<JsonValue> arguments) {
    for (var rule : module.rules().getOrDefault(name, List.of())) {
      if (rule.parameters().size() != arguments.size()) {
        throw new IllegalArgumentException("another number of arguments: " + name);
      }
      Map<String, JsonValue> variables = new HashMap<>();
      for (var i = 0; i < arguments.size(); i++) {
        variables.put(rule.parameters().get(i), arguments.get(i));
      }
      if (holds(rule.body(), 0, variables)) {
        return value(rule.value(), variables);
      }
    }
    return Optional.ofNullable(module.defaults().get(name)).flatMap(term -> value(term, Map.of()));
  }

  private boolean holds(List<Literal> body, int from, Map<String, JsonValue> variables) {
    if (from == body.size()) {
      return true;
    }
    return switch (body.get(from)) {
      case Rego.Some(var name, var values) ->
          items(value(values, variables)).orElse(List.of()).stream()
              .anyMatch(item -> holds(body, from + 1, with(variables, name, item)));
      case Rego.Every every -> every(every, variables) && holds(body, from + 1, variables);
      case Rego.Not(var term) ->
          !isTrue(value(term, variables)) && holds(body, from + 1, variables);
      case Rego.Holds(var term) ->
          isTrue(value(term, variables)) && holds(body, from + 1, variables);
      case Rego.Assign(var name, var term) ->
          value(term, variables)
              .filter(value -> holds(body, from + 1, with(variables, name, value)))
              .isPresent();
    };
  }

  private boolean every(Rego.Every every, Map<String, JsonValue> variables) {
    var values = value(every.values(), variables);
    if (values.isPresent() && values.get() instanceof JsonObject(var members)) {
      return members.entrySet().stream()
          .allMatch(
              member -> {
                var inner = with(variables, every.name(), member.getValue());
                every.key().ifPresent(k -> inner.put(k, new JsonString(member.getKey())));
                return holds(every.body(), 0, inner);
              });
    }
    return items(values)
        .filter(
            all ->
                all.stream()
                    .allMatch(item -> holds(every.body(), 0, with(variables, every.name(), item))))
        .isPresent();
  }

  private static Map<String, JsonValue> with(
      Map<String, JsonValue> variables, String name, JsonValue value) {
    Map<String, JsonValue> more = new HashMap<>(variables);
    more.put(name, value);
    return more;
  }

  private static Optional<Collection<JsonValue>> items(Optional<JsonValue> value) {
    return value.flatMap(
        one ->
            switch (one) {
              case JsonArray(var items) -> Optional.of(items);
              case JsonObject(var members) -> Optional.of(members.values());
              default -> Optional.empty();
            });
  }

  private static boolean isTrue(Optional<JsonValue> value) {
    return value.filter(one -> !one.equals(new JsonBoolean(false))).isPresent();
  }

  private Optional<JsonValue> value(Term term, Map<String, JsonValue> variables) {
    return switch (term) {
      case Rego.Scalar(var scalar) -> Optional.of(scalar(scalar));
      case Rego.Array(var items) -> array(items, variables);
      case Rego.Object_(var members) -> object(members, variables);
      case Rego.Variable(var name) -> variable(name, variables);
      case Rego.Member(var of, var index) -> {
        var whole = value(of, variables);
        var at = value(index, variables);
        yield whole.flatMap(one -> at.flatMap(key -> member(one, key)));
      }
      case Rego.Comparison(var left, var operator, var right) -> {
        var a = value(left, variables);
        var b = value(right, variables);
        yield a.flatMap(one -> b.flatMap(other -> compare(one, operator, other)));
      }
      case Rego.Call(var function, var arguments) -> {
        var values = array(arguments, variables);
        yield values.flatMap(all -> call(function, ((JsonArray) all).elements()));
      }
    };
  }

  private static JsonValue scalar(Optional<Object> value) {
    return value
        .map(
            one ->
                switch (one) {
                  case String text -> (JsonValue) new JsonString(text);
                  case Long number -> new JsonNumber(number);
                  case Boolean flag -> new JsonBoolean(flag);
                  default -> throw new IllegalArgumentException("not a scalar: " + one);
                })
        .orElseGet(JsonNull::new);
  }

  private Optional<JsonValue> variable(String name, Map<String, JsonValue> variables) {
    if (name.equals("input")) {
      return Optional.of(input);
    }
    return Optional.ofNullable(variables.get(name))
        .or(
            () -> {
              if (!module.rules().containsKey(name) && !module.defaults().containsKey(name)) {
                throw new IllegalArgumentException("unknown: " + name);
              }
              return rule(name, List.of());
            });
  }

  private Optional<JsonValue> array(List<Term> terms, Map<String, JsonValue> variables) {
    var items = new ArrayList<JsonValue>();
    for (var term : terms) {
      var value = value(term, variables);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      items.add(value.get());
    }
    return Optional.of(new JsonArray(items));
  }

  private Optional<JsonValue> object(Map<String, Term> terms, Map<String, JsonValue> variables) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    terms.forEach(
        (name, term) -> value(term, variables).ifPresent(value -> members.put(name, value)));
    return Optional.of(new JsonObject(members));
  }

  private static Optional<JsonValue> member(JsonValue of, JsonValue index) {
    if (of instanceof JsonObject(var members) && index instanceof JsonString(var name)) {
      return Optional.ofNullable(members.get(name));
    }
    if (of instanceof JsonArray(var items) && index instanceof JsonNumber(var number)) {
      return number < items.size() ? Optional.of(items.get((int) number)) : Optional.empty();
    }
    return Optional.empty();
  }

  private static Optional<JsonValue> compare(JsonValue left, String operator, JsonValue right) {
    return switch (operator) {
      case "==" -> Optional.of(new JsonBoolean(left.equals(right)));
      case "!=" -> Optional.of(new JsonBoolean(!left.equals(right)));
      default ->
          Optional.of(
              new JsonBoolean(
                  items(Optional.of(right)).orElse(List.of()).stream().anyMatch(left::equals)));
    };
  }

  private Optional<JsonValue> call(String function, List<JsonValue> arguments) {
    if (module.rules().containsKey(function)) {
      return rule(function, arguments);
    }
    var first = arguments.getFirst();
    return switch (function) {
      case "count" ->
          items(Optional.of(first))
              .map(all -> (long) all.size())
              .or(() -> text(first).map(text -> (long) text.codePointCount(0, text.length())))
              .map(JsonNumber::new);
      case "is_null" -> Optional.of(new JsonBoolean(first instanceof JsonNull));
      case "startswith" ->
          texts(arguments).map(t -> new JsonBoolean(t.get(0).startsWith(t.get(1))));
      case "contains" -> texts(arguments).map(t -> new JsonBoolean(t.get(0).contains(t.get(1))));
      case "regex.match" -> texts(arguments).map(t -> new JsonBoolean(matches(t.get(0), t.get(1))));
      case "split" ->
          texts(arguments)
              .map(
                  t ->
                      new JsonArray(
                          List.of(t.get(0).split(Pattern.quote(t.get(1)), -1)).stream()
                              .<JsonValue>map(JsonString::new)
                              .toList()));
      case "concat" ->
          texts(((JsonArray) arguments.get(1)).elements())
              .flatMap(parts -> text(first).map(by -> new JsonString(String.join(by, parts))));
      default -> throw new IllegalArgumentException("unknown function: " + function);
    };
  }

  /// In Rego, `$` is the end of the text only.
  private static boolean matches(String pattern, String text) {
    return Pattern.compile(pattern.replaceAll("\\$$", "\\\\z")).matcher(text).find();
  }

  private static Optional<String> text(JsonValue value) {
    return value instanceof JsonString(var text) ? Optional.of(text) : Optional.empty();
  }

  private static Optional<List<String>> texts(List<JsonValue> values) {
    var texts = values.stream().flatMap(value -> text(value).stream()).toList();
    return texts.size() == values.size() ? Optional.of(texts) : Optional.empty();
  }
}
