package dev.testudo.agent.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewPlanTest {
  private static final Placed.Mounting NOTHING = _ -> {};

  private final FakeMachine machine =
      new FakeMachine()
          .directory("/etc")
          .file("/etc/hosts")
          .directory("/run")
          .directory("/var")
          .link("/var/run", "/run")
          .link("/etc/loop", "loop");

  private static Placed file(String path) {
    return new Placed.File(path, 0400, new Content.Plain(new byte[] {1}));
  }

  private ViewPlan plan(Placed... entries) throws IOException {
    var overlay = new Overlay(machine);
    for (var entry : entries) {
      overlay.add(entry);
    }
    return ViewPlan.of(overlay, machine);
  }

  private static List<String> mounted(ViewPlan plan) {
    return plan.mounts().stream().map(m -> m.top().path()).toList();
  }

  private String refusal(Placed... entries) {
    return String.valueOf(assertThrows(ViewException.class, () -> plan(entries)).getMessage());
  }

  @Test
  void aFileTheMachineHasIsMountedOver() throws IOException {
    var plan = plan(file("/etc/hosts"));
    assertEquals(List.of("/etc/hosts"), mounted(plan));
    assertEquals(List.of(), plan.mirrored());
  }

  @Test
  void aNewFileNeedsAMirrorOfItsDirectory() throws IOException {
    var plan = plan(file("/etc/new"));
    assertEquals(List.of("/etc/new"), mounted(plan));
    assertEquals(List.of("/etc"), plan.mirrored());
  }

  @Test
  void aNewDirectoryComesWithAllThatIsInIt() throws IOException {
    var plan = plan(file("/tls/a/x"), file("/tls/y"));
    assertEquals(List.of("/tls"), mounted(plan));
    assertEquals(
        List.of("/tls/a", "/tls/a/x", "/tls/y"),
        plan.mounts().getFirst().below().stream().map(Placed::path).toList());
    assertEquals(List.of("/"), plan.mirrored());
  }

  @Test
  void mirrorsComeParentsFirst() throws IOException {
    assertEquals(
        List.of("/", "/etc"),
        plan(file("/etc/new"), file("/tls/x"), file("/etc/hosts")).mirrored());
  }

  @Test
  void pathsFollowTheMachinesLinks() throws IOException {
    var plan = plan(file("/var/run/x"), file("/var/../etc/./new"));
    assertEquals(List.of("/etc/new", "/run/x"), mounted(plan));
  }

  @Test
  void pathsFollowTheImagesLinks() throws IOException {
    var plan =
        plan(
            new Placed.Directory("/opt", 0755),
            new Placed.Directory("/opt/v1", 0755),
            new Placed.Link("/opt/current", "v1"),
            file("/opt/current/app.conf"));
    assertEquals(
        List.of("/opt/current", "/opt/v1", "/opt/v1/app.conf"),
        plan.mounts().getFirst().below().stream().map(Placed::path).toList());
  }

  @Test
  void aLinkIsMadeInAMirror() throws IOException {
    var plan = plan(new Placed.Link("/etc/alias", "hosts"));
    assertEquals(List.of(), plan.mounts());
    assertEquals(List.of("/etc"), plan.mirrored());
    assertEquals(
        List.of("/etc/alias"), plan.linksIn("/etc").stream().map(Placed.Link::path).toList());
  }

  @Test
  void theLaterOfTwoFilesCounts() throws IOException {
    var later = new Placed.File("/etc/hosts", 0444, new Content.Plain(new byte[] {2}));
    assertEquals(later, plan(file("/etc/hosts"), later).mounts().getFirst().top());
  }

  @Test
  void aFileDoesNotReplaceADirectory() {
    assertEquals(
        "`/etc` must be a file, but this machine has a directory there", refusal(file("/etc")));
  }

  @Test
  void aDirectoryDoesNotReplaceAFile() {
    assertEquals(
        "`/etc/hosts/x` must be a file below /etc/hosts, but this machine has a file that is not a"
            + " directory there",
        refusal(file("/etc/hosts/x")));
  }

  @Test
  void aMountGetsADirectoryAndNothingBelowIt() throws IOException {
    var plan = plan(mount("/var/run/data"), file("/etc/new"));
    assertEquals(List.of("/etc/new", "/run/data"), mounted(plan));
    assertEquals(List.of("/etc", "/run"), plan.mirrored());
    assertEquals(List.of(mount("/run/data")), plan.last());
    assertEquals(
        "`/run/data/x` cannot be placed below a mount",
        refusal(mount("/run/data"), file("/var/run/data/x")));
    assertEquals(
        "a mount at `/run` would hide what is placed below it",
        refusal(file("/run/data/x"), mount("/run")));
    assertEquals("nothing can be mounted at `/run`", refusal(mount("/run"), mount("/run")));
  }

  private static Placed mount(String path) {
    return new Placed.Mount(path, NOTHING);
  }

  @Test
  void whatIsInAMountIsNotKnown() throws IOException {
    var overlay = new Overlay(machine);
    overlay.add(mount("/etc"));
    assertEquals(new Machine.Kind.Directory(), overlay.at("/etc"));
    assertEquals(new Machine.Kind.Absent(), overlay.at("/etc/hosts"));
  }

  @Test
  void linksThatLeadInCirclesAreRefused() {
    assertEquals(
        "`/etc/loop/x` leads through more than 40 symbolic links", refusal(file("/etc/loop/x")));
  }
}
