package io.perfkit.examples.clinic;

public record ReportLine(String city, long visits, long revenue) {}
