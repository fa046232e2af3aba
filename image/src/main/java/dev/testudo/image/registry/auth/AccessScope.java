package dev.testudo.image.registry.auth;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a request wants to do in a registry, in the words of token servers (distribution,
/// spec/auth/scope).
///
/// @param repository the repository of the request, whose credential counts
/// @param scopes such as `repository:app/redis:pull`
public record AccessScope(String repository, Set<String> scopes) {
  public AccessScope {
    scopes = Set.copyOf(scopes);
  }

  /// Reading from a repository.
  public static AccessScope pull(String repository) {
    return new AccessScope(repository, Set.of("repository:%s:pull".formatted(repository)));
  }

  /// Reading from and writing to a repository.
  public static AccessScope push(String repository) {
    return new AccessScope(repository, Set.of("repository:%s:pull,push".formatted(repository)));
  }

  /// Writing to a repository, and reading from another one of the same registry.
  public static AccessScope mount(String repository, String from) {
    return new AccessScope(
        repository,
        Set.of(
            "repository:%s:pull,push".formatted(repository), "repository:%s:pull".formatted(from)));
  }

  /// Returns the scopes in an order that is always the same.
  List<String> sorted() {
    return List.copyOf(new TreeSet<>(scopes));
  }
}
