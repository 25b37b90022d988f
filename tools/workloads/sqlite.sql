-- sqlite.sql - in memory: a schema, bulk inserts, joins, an index, deletes
create table author(id integer primary key, name text, born integer);
create table book(id integer primary key, author integer, title text,
                  price real, notes blob);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 120)
insert into author select i, printf('author %04d', i), 1900 + i % 80 from n;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500)
insert into book
select i, i * 7919 % 120 + 1, printf('title %d of %s', i, hex(zeroblob(i % 40))),
       i % 97 * 1.25, zeroblob(i * 31 % 600) from n;
create index book_author on book(author, price);
select a.name, count(*), sum(b.price), max(length(b.title))
from author a join book b on b.author = a.id
group by a.id having count(*) > 12 order by 3 desc limit 20;
select substr(title, 1, 12), avg(price) over (partition by author order by id)
from book where id % 37 = 0;
select group_concat(name, ', ') from (select name from author order by born, id);
create view dear as select * from book where price > (select avg(price) from book);
select count(*), min(title) from dear where author in
    (select id from author where born between 1910 and 1940);
update book set title = title || ' (second edition)' where id % 5 = 0;
begin;
delete from book where id % 3 = 0;
create table copy as select * from book order by price, title;
rollback;
delete from author where id not in (select author from book where price < 20);
select json_group_array(json_object('id', id, 'title', substr(title, 1, 8)))
from book where id < 60;
vacuum;
