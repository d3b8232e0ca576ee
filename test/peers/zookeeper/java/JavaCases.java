/** Curator's recipes and those of ZooKeeper's own jars. usage: JavaCases HOST:PORT[,HOST:PORT...] */
final class JavaCases {
  private JavaCases() {}

  public static void main(String[] arguments) throws Exception {
    Cases cases = new Cases(arguments[0]);
    CuratorLocks.run(cases);
    CuratorNodes.run(cases);
    ZooKeeperCases.run(cases);
    System.exit(cases.end());
  }
}
