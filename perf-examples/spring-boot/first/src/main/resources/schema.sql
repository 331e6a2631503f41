create table product (id bigint primary key, name varchar(100) not null);
insert into product values (1, 'tea'), (2, 'coffee');
