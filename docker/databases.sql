create database maker;

create database taker;

create database agent;
