package shop;

public record Product(long id, String name) {}
