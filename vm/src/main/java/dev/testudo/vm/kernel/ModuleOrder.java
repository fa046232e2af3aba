package dev.testudo.vm.kernel;

import dev.testudo.vm.VmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Brings kernel modules into an order in which they can be loaded.
public final class ModuleOrder {
  private final Lookup modules;
  private final Set<String> builtIn;
  private final LinkedHashSet<String> ordered = new LinkedHashSet<>();

  private ModuleOrder(Lookup modules, Set<String> builtIn) {
    this.modules = modules;
    this.builtIn = builtIn;
  }

  /// A module that a machine shall have.
  ///
  /// @param name its name, with `-` or `_`
  /// @param needed whether a kernel without it is of no use
  public record Wanted(String name, boolean needed) {}

  /// Finds a module by its name.
  @FunctionalInterface
  public interface Lookup {
    /// Returns what a module says of itself, or nothing if there is none with this name.
    Optional<ModuleInfo> find(String name) throws VmException;
  }

  /// Returns the names of the modules to load: those wanted, each after those that it depends on.
  ///
  /// @param builtIn the names of modules that are part of the kernel
  /// @throws VmException if the kernel lacks one that it needs, or modules depend on each other
  public static List<String> of(List<Wanted> wanted, Lookup modules, Set<String> builtIn)
      throws VmException {
    var order = new ModuleOrder(modules, builtIn);
    for (var one : wanted) {
      var name = ModuleInfo.nameOf(one.name());
      if (one.needed() || modules.find(name).isPresent()) {
        order.add(name, List.of());
      }
    }
    return List.copyOf(order.ordered);
  }

  private void add(String name, Collection<String> waiting) throws VmException {
    if (builtIn.contains(name) || ordered.contains(name)) {
      return;
    }
    if (waiting.contains(name)) {
      throw VmException.malformed("the kernel module %s depends on itself".formatted(name));
    }
    var module = modules.find(name);
    if (module.isEmpty()) {
      throw VmException.lacking(
          "the kernel has no module %s%s; take a kernel for cloud machines"
              .formatted(name, waiting.isEmpty() ? "" : ", on which others depend: " + waiting));
    }
    var path = new ArrayList<>(waiting);
    path.add(name);
    for (var before : module.get().depends()) {
      add(before, path);
    }
    ordered.add(name);
  }
}
