"""Names of attendees from many countries. None belongs to a particular person."""

# ruff: noqa: RUF001 - names have their own spelling

from itertools import product
from random import Random
from typing import Final

_NAMES: Final[tuple[tuple[str, str], ...]] = (
    ("Anna Lukas Sophie Jakob Theresa Valentin Katharina Moritz", "Gruber Huber Leitner Wallner Pichler Haider Brandl"),
    ("Amina Juma Wanjiru Otieno Njeri Kamau Achieng Baraka", "Mwangi Odhiambo Kariuki Wekesa Kimani Chebet"),
    ("Chiamaka Emeka Ngozi Tunde Folake Ifeanyi Adaeze Segun", "Okafor Adeyemi Nwosu Balogun Eze Ogunleye"),
    ("Haruka Kenji Yui Takumi Aoi Daichi Sakura Ren", "Sato Tanaka Watanabe Kobayashi Nakamura Yoshida"),
    ("Wei Xiulan Jun Meiling Hao Yuting Zihan Lihua", "Chen Wang Zhao Liu Huang Zhou"),
    ("Ananya Rohan Kavya Arjun Meera Vikram Ishita Nikhil", "Iyer Sharma Patel Banerjee Reddy Menon Kulkarni"),
    ("Fatima Hamza Zainab Bilal Ayesha Usman Hira Saad", "Khan Malik Qureshi Siddiqui Chaudhry Mirza"),
    ("Layla Omar Noor Karim Salma Yusuf Rania Tarek", "Haddad Mansour Khoury Nasser Saleh Aziz"),
    ("Shirin Dariush Parisa Kaveh Leila Babak Nazanin Arash", "Ahmadi Rahimi Karimi Tehrani Moradi Jafari"),
    ("Elif Mehmet Zeynep Emre Defne Kerem Aylin Burak", "Yılmaz Demir Kaya Şahin Çelik Aydın"),
    ("Olena Andriy Iryna Taras Oksana Dmytro Solomiya Bohdan", "Shevchenko Kovalenko Bondarenko Melnyk Tkachenko"),
    ("Agnieszka Piotr Zofia Mateusz Kasia Wojciech Hanna Jan", "Kowalska-Nowak Zieliński Wójcik Lewandowski Mazur"),
    ("Jelena Marko Milica Nikola Ivana Luka Dragana Stefan", "Petrović Jovanović Kovačević Horvat Babić Marić"),
    ("Giulia Matteo Chiara Lorenzo Francesca Davide Elisa Paolo", "Rossi Ferrari Bianchi Ricci Marino Conti"),
    ("Lucía Javier Carmen Alejandro Marta Pablo Elena Diego", "García Fernández Romero Navarro Ortega Iglesias"),
    ("Valentina Santiago Camila Mateo Daniela Andrés Gabriela Luis", "Quispe Ramírez Mendoza Vargas Rojas Castillo"),
    ("Beatriz João Larissa Thiago Mariana Rafael Luana Caio", "Silva Oliveira Souza Pereira Almeida Ribeiro"),
    ("Camille Hugo Inès Antoine Manon Bastien Élodie Rémi", "Lefèvre Moreau Girard Rousseau Mercier Fontaine"),
    ("Saoirse Cian Niamh Oisín Aoife Fionn Róisín Eoin", "Murphy O’Sullivan Kelly Byrne Doyle Gallagher"),
    ("Freya Erik Astrid Lars Ingrid Nils Sigrid Axel", "Lindqvist Johansson Nyström Berg Dahl Hansen"),
    ("Aino Mikko Kaisa Juhani Venla Antti Helmi Eero", "Korhonen Virtanen Nieminen Laine Koskinen"),
    ("Noa Itai Tamar Amit Shira Yonatan Maya Eitan", "Levi Cohen Mizrahi Peretz Friedman Shapiro"),
    ("Linh Minh Thảo Quang Hương Tuấn Mai Dũng", "Nguyễn Trần Lê Phạm Võ Đặng"),
    ("Minseo Jihoon Seoyeon Dohyun Haeun Taeyang Yuna Junho", "Kim Park Choi Jung Kang Yoon"),
    ("Leilani Sione Mele Tama Aroha Wiremu Hinemoa Sefa", "Tupou Parata Ngata Fonoti Kahananui Henare"),
    ("Grace Theo Harriet Winston Imogen Callum Priscilla Desmond", "Whitfield Campbell Adebayo-Jones Clarke Morgan"),
    ("Naledi Thabo Lerato Sipho Zanele Kagiso Nomvula Bongani", "Dlamini Nkosi Mokoena Khumalo Molefe"),
    ("Selam Dawit Hanna Yonas Meklit Abel Tigist Henok", "Tesfaye Bekele Haile Girma Alemu"),
)


def make_names(seed: int, number: int) -> list[str]:
    """The first ``number`` names of ``seed``. A smaller number gives a prefix of the same list."""
    found = [
        f"{given} {family}"
        for givens, families in _NAMES
        for given, family in product(givens.split(), families.split())
    ]
    Random(f"names {seed}").shuffle(found)
    return [found[each % len(found)] for each in range(number)]
